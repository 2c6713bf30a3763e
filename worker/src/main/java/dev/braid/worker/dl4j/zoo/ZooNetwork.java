package dev.braid.worker.dl4j.zoo;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.braid.worker.dl4j.network.Dl4jModel;
import dev.braid.worker.shape.Shape;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.InstantiableModel;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.InceptionResNetV1;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.NASNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TextGenerationLSTM;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.VGG19;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;

/** The architectures of DL4J's zoo. */
public enum ZooNetwork {
  /** See DL4J's class of this name. */
  @JsonProperty("AlexNet")
  ALEX_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("Darknet19")
  DARKNET19,
  /** See DL4J's class of this name. */
  @JsonProperty("FaceNetNN4Small2")
  FACE_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("InceptionResNetV1")
  INCEPTION_RES_NET_V1,
  /** See DL4J's class of this name. */
  @JsonProperty("LeNet")
  LE_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("NASNet")
  NAS_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("ResNet50")
  RES_NET50,
  /** See DL4J's class of this name. */
  @JsonProperty("SimpleCNN")
  SIMPLE_CNN,
  /** See DL4J's class of this name. */
  @JsonProperty("SqueezeNet")
  SQUEEZE_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("TextGenerationLSTM")
  TEXT_GENERATION_LSTM,
  /** See DL4J's class of this name. */
  @JsonProperty("TinyYOLO")
  TINY_YOLO,
  /** See DL4J's class of this name. */
  @JsonProperty("UNet")
  U_NET,
  /** See DL4J's class of this name. */
  @JsonProperty("VGG16")
  VGG_16,
  /** See DL4J's class of this name. */
  @JsonProperty("VGG19")
  VGG_19,
  /** See DL4J's class of this name. */
  @JsonProperty("Xception")
  XCEPTION,
  /** See DL4J's class of this name. */
  @JsonProperty("YOLO2")
  YOLO_2;

  /**
   * The network with weights of its own initialisers.
   *
   * @param input shape of one example: [channels, height, width], for text [time, characters]
   * @param numClasses units of its output, or classes of its boxes
   */
  Dl4jModel build(Shape input, int numClasses) {
    return Building.of(this, input, numClasses);
  }

  /** Apart from the names, which can be read where DL4J's classes are not. */
  private static final class Building {
    static Dl4jModel of(ZooNetwork name, Shape input, int numClasses) {
      int[] shape = input.sizes().stream().mapToInt(Integer::intValue).toArray();
      org.deeplearning4j.nn.api.Model network = architecture(name, shape, numClasses).init();
      return network instanceof ComputationGraph graph
          ? Dl4jModel.of(graph)
          : Dl4jModel.of((MultiLayerNetwork) network);
    }

    private static InstantiableModel architecture(ZooNetwork name, int[] shape, int classes) {
      return switch (name) {
        case ALEX_NET -> AlexNet.builder().inputShape(shape).numClasses(classes).build();
        case DARKNET19 -> Darknet19.builder().inputShape(shape).numClasses(classes).build();
        case FACE_NET -> FaceNetNN4Small2.builder().inputShape(shape).numClasses(classes).build();
        case INCEPTION_RES_NET_V1 ->
            InceptionResNetV1.builder().inputShape(shape).numClasses(classes).build();
        case LE_NET -> LeNet.builder().inputShape(shape).numClasses(classes).build();
        case NAS_NET -> NASNet.builder().inputShape(shape).numClasses(classes).build();
        case RES_NET50 -> ResNet50.builder().inputShape(shape).numClasses(classes).build();
        case SIMPLE_CNN -> SimpleCNN.builder().inputShape(shape).numClasses(classes).build();
        case SQUEEZE_NET -> SqueezeNet.builder().inputShape(shape).numClasses(classes).build();
        case TEXT_GENERATION_LSTM ->
            TextGenerationLSTM.builder()
                .maxLength(shape[0])
                .totalUniqueCharacters(classes)
                .inputShape(new int[] {shape[0], classes})
                .build();
        case TINY_YOLO -> TinyYOLO.builder().inputShape(shape).numClasses(classes).build();
        case U_NET -> UNet.builder().inputShape(shape).numClasses(classes).build();
        case VGG_16 -> VGG16.builder().inputShape(shape).numClasses(classes).build();
        case VGG_19 -> VGG19.builder().inputShape(shape).numClasses(classes).build();
        case XCEPTION -> Xception.builder().inputShape(shape).numClasses(classes).build();
        case YOLO_2 -> YOLO2.builder().inputShape(shape).numClasses(classes).build();
      };
    }
  }
}
