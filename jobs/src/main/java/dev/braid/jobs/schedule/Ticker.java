package dev.braid.jobs.schedule;

import java.util.Properties;
import org.quartz.CronScheduleBuilder;
import org.quartz.JobBuilder;
import org.quartz.JobDataMap;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;

/** Tells when jobs are due: Quartz, which only ticks. */
final class Ticker {
  private final Scheduler quartz;

  Ticker() {
    Properties properties = new Properties();
    properties.setProperty("org.quartz.scheduler.instanceName", "braid");
    properties.setProperty("org.quartz.threadPool.class", "org.quartz.simpl.SimpleThreadPool");
    properties.setProperty("org.quartz.threadPool.threadCount", "2");
    try {
      quartz = new StdSchedulerFactory(properties).getScheduler();
    } catch (SchedulerException e) {
      throw failed(e);
    }
  }

  void start() {
    tell(quartz::start);
  }

  /** No more ticks. */
  void stop() {
    tell(() -> quartz.shutdown(false));
  }

  boolean has(String job) {
    try {
      return quartz.checkExists(new JobKey(job));
    } catch (SchedulerException e) {
      throw failed(e);
    }
  }

  void remove(String job) {
    tell(() -> quartz.deleteJob(new JobKey(job)));
  }

  /** Tells the receiver of every tick of a job from now on; one that was missed is left out. */
  void add(String job, Cron cron, Tick.Receiver receiver) {
    JobDataMap data = Tick.data(receiver);
    tell(
        () ->
            quartz.scheduleJob(
                JobBuilder.newJob(Tick.class).withIdentity(job).usingJobData(data).build(),
                TriggerBuilder.newTrigger()
                    .withIdentity(job)
                    .withSchedule(
                        CronScheduleBuilder.cronSchedule(cron.expression())
                            .withMisfireHandlingInstructionDoNothing())
                    .build()));
  }

  private interface Order {
    void give() throws SchedulerException;
  }

  private static void tell(Order order) {
    try {
      order.give();
    } catch (SchedulerException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(SchedulerException e) {
    return new IllegalStateException("Quartz: " + e.getMessage(), e);
  }
}
