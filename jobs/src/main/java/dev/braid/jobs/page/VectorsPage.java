package dev.braid.jobs.page;

import dev.braid.jobs.chart.Chart;
import dev.braid.jobs.chart.Curve;

/**
 * The page a training of word vectors leaves.
 *
 * @param page what it has in common with others
 * @param course loss and speed
 * @param map svg of the most frequent words; empty for none
 */
public record VectorsPage(Page page, Course course, String map) {

  /** Loss and speed while the run goes on, in bounded memory. */
  public static final class Course {
    private final String unit;
    private final Curve loss = new Curve();
    private final Curve speed = new Curve();
    private final Curve learningRate = new Curve();

    /**
     * @param unit what the speed counts, as in words
     */
    public Course(String unit) {
      this.unit = unit;
    }

    /**
     * Adds a point.
     *
     * @param epochs done
     * @param perSecond how many of the unit
     * @param rate learning rate; not a number where it is constant
     */
    public void add(double epochs, double lossThen, double perSecond, double rate) {
      loss.add(epochs, lossThen);
      speed.add(epochs, perSecond);
      learningRate.add(epochs, rate);
    }

    private String charts() {
      return chart("Loss", "training", loss).html()
          + chart("Speed", unit + "/s", speed).html()
          + chart("Learning rate", "learning rate", learningRate).htmlUnlessFlat();
    }

    private static Chart chart(String title, String name, Curve curve) {
      return new Chart(title, new Chart.Series(name, curve, false));
    }
  }

  /** The page. */
  public String html() {
    return page.with(
        Page.charts("Course of the run", course.charts()),
        map.isEmpty()
            ? ""
            : "<h2>The most frequent words</h2><figure class=\"card\">%s<p class=\"note\">Words with like vectors lie together (t-SNE over the cosine). Distances between far groups mean little.</p></figure>"
                .formatted(map));
  }
}
