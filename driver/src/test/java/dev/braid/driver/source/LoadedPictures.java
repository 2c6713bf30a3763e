package dev.braid.driver.source;

import dev.braid.driver.LocalSpark;
import dev.braid.driver.data.Shards;
import dev.braid.driver.source.example.SourceFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a training gets of pictures of one shade of grey each. */
final class LoadedPictures {
  private LoadedPictures() {}

  /** Of each picture its shade and its class's index, sorted. */
  static List<String> shadesAndClasses(Source source, SourceFacts facts) {
    int width = facts.inputs().get(0).width();
    try (Shards shards = Shards.of(source.read(LocalSpark.session(), facts), 2, 1)) {
      return shards
          .rdd()
          .flatMap(
              shard -> {
                List<String> texts = new ArrayList<>();
                float[] row = new float[width + 1];
                for (int i = 0; i < shard.size(); i++) {
                  shard.input(0).read(i, row, 0);
                  shard.label(0).read(i, row, width);
                  texts.add((int) row[width / 2] + " " + (int) row[width]);
                }
                return texts.iterator();
              })
          .collect()
          .stream()
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }
}
