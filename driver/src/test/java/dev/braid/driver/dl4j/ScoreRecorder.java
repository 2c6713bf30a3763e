package dev.braid.driver.dl4j;

import java.io.InputStream;
import java.io.OutputStream;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorageRouter;
import org.deeplearning4j.core.storage.listener.RoutingIterationListener;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;

/** A listener that stores each iteration's number. */
final class ScoreRecorder extends BaseTrainingListener implements RoutingIterationListener {
  private static final long serialVersionUID = 1;

  private transient StatsStorageRouter router;
  private String workerId;

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    router.putUpdate(new Iteration(workerId, iteration + 1));
  }

  @Override
  public void setStorageRouter(StatsStorageRouter router) {
    this.router = router;
  }

  @Override
  public StatsStorageRouter getStorageRouter() {
    return router;
  }

  @Override
  public void setWorkerID(String workerId) {
    this.workerId = workerId;
  }

  @Override
  public String getWorkerID() {
    return workerId;
  }

  @Override
  public void setSessionID(String sessionId) {}

  @Override
  public String getSessionID() {
    return "session";
  }

  @Override
  public RoutingIterationListener clone() {
    return new ScoreRecorder();
  }

  /** What is stored. */
  private record Iteration(String workerId, long number) implements Persistable {
    @Override
    public String getSessionID() {
      return "session";
    }

    @Override
    public String getTypeID() {
      return "iteration";
    }

    @Override
    public String getWorkerID() {
      return workerId;
    }

    @Override
    public long getTimeStamp() {
      return number;
    }

    @Override
    public int encodingLengthBytes() {
      throw new UnsupportedOperationException();
    }

    @Override
    public byte[] encode() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void encode(java.nio.ByteBuffer buffer) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void encode(OutputStream stream) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void decode(byte[] bytes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void decode(java.nio.ByteBuffer buffer) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void decode(InputStream stream) {
      throw new UnsupportedOperationException();
    }
  }
}
