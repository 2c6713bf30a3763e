package dev.braid.worker.dl4j;

import dev.braid.worker.dl4j.network.Dl4jEntries;
import dev.braid.worker.dl4j.network.Dl4jPlan;
import dev.braid.worker.format.ZipHead;
import dev.braid.worker.inference.ForeignSettings;
import dev.braid.worker.inference.LoadedModel;
import dev.braid.worker.inference.LoadingPlan;
import dev.braid.worker.inference.ModelBytes;
import dev.braid.worker.inference.ModelKind;
import dev.braid.worker.model.Model;
import dev.braid.worker.network.Blueprint;
import dev.braid.worker.shape.Shape;
import java.util.Optional;

/** Networks of DL4J's: in zips that it wrote, and in Braid's model files. */
public final class Dl4jKind implements ModelKind {
  @Override
  public String engine() {
    return "dl4j";
  }

  /** {@inheritDoc} Braid's own files hold DL4J's entries too, but not first. */
  @Override
  public boolean reads(byte[] file) {
    return Dl4jEntries.NAMES.contains(ZipHead.firstEntry(file));
  }

  @Override
  public LoadedModel read(byte[] file, LoadingPlan how) {
    ForeignSettings foreign = how.foreign();
    Shape shape = foreign.inputShape() == null ? null : new Shape(foreign.inputShape());
    return ModelBytes.load(SavedNetwork.read("the model", file, shape, foreign.classes()), how);
  }

  @Override
  public Optional<LoadedModel> load(Model model, Blueprint plan) {
    return plan instanceof Dl4jPlan dl4j
        ? Optional.of(new Dl4jModelFile(model, dl4j))
        : Optional.empty();
  }
}
