package dev.braid.worker.dl4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class DataSetsTest {

  @Test
  void dataSet_comesBackWithOrderTypeAndMasks() {
    INDArray features = Nd4j.rand(DataType.FLOAT, 2, 3, 4).dup('f');
    INDArray labels =
        Nd4j.rand(DataType.DOUBLE, 5, 2).get(org.nd4j.linalg.indexing.NDArrayIndex.interval(1, 3));
    DataSet set = new DataSet(features, labels, Nd4j.ones(2, 4), null);
    DataSet back = DataSets.decode(DataSets.encode(set));
    assertEquals(features, back.getFeatures());
    assertEquals('f', back.getFeatures().ordering());
    assertArrayEquals(features.stride(), back.getFeatures().stride());
    assertEquals(labels, back.getLabels());
    assertEquals(DataType.DOUBLE, back.getLabels().dataType());
    assertEquals(set.getFeaturesMaskArray(), back.getFeaturesMaskArray());
    assertNull(back.getLabelsMaskArray());
  }

  @Test
  void multiDataSet_comesBackWithMissingMasks() {
    INDArray[] features = {Nd4j.rand(2, 3), Nd4j.rand(2, 4)};
    INDArray[] masks = {null, Nd4j.ones(2, 1)};
    MultiDataSet set = new MultiDataSet(features, new INDArray[] {Nd4j.rand(2, 1)}, masks, null);
    var back = DataSets.decodeMulti(DataSets.encode(set));
    assertEquals(features[1], back.getFeatures(1));
    assertNull(back.getFeaturesMaskArray(0));
    assertEquals(masks[1], back.getFeaturesMaskArray(1));
  }

  @Test
  void otherBytes_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> DataSets.decode(new byte[20]));
  }
}
