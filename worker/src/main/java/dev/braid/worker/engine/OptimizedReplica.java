package dev.braid.worker.engine;

import dev.braid.worker.data.MiniBatch;
import dev.braid.worker.optimizer.Slice;
import dev.braid.worker.optimizer.rule.UpdateRule;
import dev.braid.worker.state.Blocks;
import dev.braid.worker.state.State;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A replica of a network that gives gradients, trained by Braid's own optimizers. */
public final class OptimizedReplica extends ForwardingEvaluator implements Replica {
  private final Differentiable network;
  private final UpdateRule rule;
  private final State state;
  private final Blocks gradients;
  private final boolean shares;
  private final Blocks earlierStatistics;
  private Set<String> frozen = Set.of();
  private Set<String> unreached = Set.of();
  private final Set<String> miscounted = new TreeSet<>();
  private boolean stepped;
  private List<Slice> slices;
  private int epoch;

  /**
   * @param network is closed with this replica
   * @param rule how gradients change parameters
   */
  public OptimizedReplica(Differentiable network, UpdateRule rule) {
    super(network);
    this.network = network;
    this.rule = rule;
    this.state = newState();
    this.gradients = Blocks.zeros(network.layout().numParams());
    this.shares = network.computesIn(state.params(), state.statistics());
    this.earlierStatistics = Blocks.zeros(shares ? network.layout().numStatistics() : 0);
    learnAsIn(0);
  }

  /** Thaws the layers that learn from this epoch on. */
  private void learnAsIn(int epoch) {
    this.epoch = epoch;
    slices = learning();
    Set<String> frozen = rule.rates().frozen(epoch);
    if (!frozen.equals(this.frozen)) {
      network.freeze(frozen);
      this.frozen = frozen;
    }
  }

  private List<Slice> learning() {
    return Slice.learning(network.layout(), state, gradients, rule.rates(), epoch, unreached);
  }

  @Override
  public State newState() {
    return State.zeros(network.layout(), rule.numSlots());
  }

  @Override
  public void load(State state) {
    this.state.copyFrom(state);
    if (!shares) {
      network.loadParams(state.params());
      network.loadStatistics(state.statistics());
    }
  }

  @Override
  public void read(State state) {
    state.copyFrom(this.state);
  }

  /**
   * {@inheritDoc} A loss that is NaN or infinite leaves the state as it was before the step, so
   * that the caller can say where it happened.
   */
  @Override
  public double step(MiniBatch batch, StepContext context) {
    if (context.epoch() != epoch) {
      learnAsIn(context.epoch());
    }
    if (shares) {
      earlierStatistics.copyFrom(state.statistics());
    }
    double loss = network.gradient(batch, context.key(), gradients);
    if (!network.unreached().equals(unreached)) {
      if (stepped && rule.optimizer().countsUpdates()) {
        addDifference(unreached, network.unreached());
      }
      unreached = network.unreached();
      slices = learning();
    }
    stepped = true;
    loss += rule.penalty(slices);
    if (!Double.isFinite(loss)) {
      takeStatisticsBack();
      return loss;
    }
    double learningRate = rule.learningRate(context.epoch(), context.step()) * context.rateFactor();
    rule.stepInPlace(slices, learningRate, context.update());
    if (!shares) {
      network.loadParams(state.params());
      network.readStatistics(state.statistics());
    }
    return loss;
  }

  private void takeStatisticsBack() {
    if (shares) {
      state.statistics().copyFrom(earlierStatistics);
    } else {
      network.loadStatistics(state.statistics());
    }
  }

  /** Adds what is in one set alone. */
  private void addDifference(Set<String> before, Set<String> now) {
    before.stream().filter(name -> !now.contains(name)).forEach(miscounted::add);
    now.stream().filter(name -> !before.contains(name)).forEach(miscounted::add);
  }

  @Override
  public Set<String> miscounted() {
    return Set.copyOf(miscounted);
  }
}
