package dev.braid.driver.source.column;

import static dev.braid.worker.Check.require;

import dev.braid.worker.encoding.Picture;
import java.util.List;

/**
 * A column of pictures: each value names a picture's file, or holds its bytes.
 *
 * @param shape [channels, height, width] that pictures are brought to, of 1 channel for grey or 3
 *     for colours; left out where a model is applied, which knows it
 * @param resize whether pictures are brought to that size; true by default, otherwise those of
 *     another size are broken rows
 * @param base the folder that names begin in; by default that of the table's file. A name may begin
 *     with a slash, or with the scheme of a file system
 */
public record PictureSettings(List<Integer> shape, Boolean resize, String base) {
  public PictureSettings {
    resize = resize == null || resize;
    if (shape != null) {
      var unused = new Picture(shape, resize); // refuses what is no picture's
    }
  }

  /** How a file's bytes become numbers. */
  Picture encoding(String column) {
    require(shape != null, "columns.%s.picture.shape is missing, such as [3, 64, 64]", column);
    return new Picture(shape, resize);
  }
}
