package dev.braid.jobs.schedule;

import java.time.Instant;
import org.quartz.Job;
import org.quartz.JobDataMap;
import org.quartz.JobExecutionContext;

/** What Quartz calls when a job is due: hands the tick on and returns at once. */
public final class Tick implements Job {
  private static final String RECEIVER = "receiver";

  /** Who is told. */
  interface Receiver {
    void due(Instant tick);
  }

  static JobDataMap data(Receiver receiver) {
    JobDataMap data = new JobDataMap();
    data.put(RECEIVER, receiver);
    return data;
  }

  @Override
  public void execute(JobExecutionContext context) {
    Receiver receiver = (Receiver) context.getMergedJobDataMap().get(RECEIVER);
    receiver.due(context.getScheduledFireTime().toInstant());
  }
}
