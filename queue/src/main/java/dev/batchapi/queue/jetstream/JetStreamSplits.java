package dev.batchapi.queue.jetstream;

import dev.batchapi.queue.SaidProgress;
import dev.batchapi.queue.Splits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The stream SPLIT, as the owner uses it. */
final class JetStreamSplits implements Splits {
  private final NatsConnection nats;
  private final Streams streams;

  JetStreamSplits(NatsConnection nats, Streams streams) {
    this.nats = nats;
    this.streams = streams;
  }

  @Override
  public byte @Nullable [] read(String job, int attempt, String name) {
    var subject = Subjects.split(Subjects.checkJob(job), attempt, name);
    var record = nats.directGet(Subjects.SPLIT, subject);
    return record == null ? null : record.getData();
  }

  @Override
  public void write(String job, String name, byte[] record) {
    var subject = Subjects.split(Subjects.checkJob(job), OWNER, name);
    JetStreamSplitWriter.write(nats, subject, record);
  }

  @Override
  public byte @Nullable [] collected(String job, int attempt) {
    var record =
        nats.directGet(Subjects.SPLIT, Subjects.collected(Subjects.checkJob(job), attempt));
    return record == null ? null : record.getData();
  }

  @Override
  public @Nullable SaidProgress splitProgress(String job, int attempt) {
    return ProgressRecord.read(nats, Subjects.splitProgress(Subjects.checkJob(job)), attempt);
  }

  @Override
  public @Nullable SaidProgress collectProgress(String job, int attempt) {
    return ProgressRecord.read(nats, Subjects.collectProgress(Subjects.checkJob(job)), attempt);
  }

  @Override
  public @Nullable SaidProgress waitsForStore(String job) {
    var subject = Subjects.workerProgress(Subjects.checkJob(job));
    return ProgressRecord.read(nats, subject, ProgressRecord.NONE);
  }

  @Override
  public void forgetProgress(String job) {
    streams.purge(Subjects.PROGRESS, Subjects.allProgress(Subjects.checkJob(job)));
  }

  @Override
  public int written(String job, int attempt) {
    var filter = Subjects.allSplit(Subjects.checkJob(job), attempt);
    return streams.subjects(Subjects.SPLIT, filter).size();
  }

  @Override
  public int written(String job) {
    return streams.subjects(Subjects.SPLIT, Subjects.allSplit(Subjects.checkJob(job))).size();
  }

  @Override
  public void forget(String job) {
    streams.purge(Subjects.SPLIT, Subjects.allSplit(Subjects.checkJob(job)));
  }

  @Override
  public List<String> jobsWithSplits() {
    return streams.jobs(Subjects.SPLIT, "split.>");
  }
}
