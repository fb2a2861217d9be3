package dev.batchapi.operator.job.program;

import dev.batchapi.operator.pod.Program;
import dev.batchapi.operator.queue.ProgramQueue;
import dev.batchapi.queue.SaidProgress;
import dev.batchapi.queue.Splits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the splitters and collectors of one job have written, in maps. */
public class WrittenRecords implements ProgramQueue, Splits {
  /** A splitter's, by {@code <attempt>.<name>}. */
  public final Map<String, byte[]> split = new HashMap<>();

  /** A collector's, by its attempt. */
  public final Map<Integer, byte[]> collected = new HashMap<>();

  /** What either says of how far it is, by its attempt. */
  public final Map<Integer, SaidProgress> progress = new HashMap<>();

  /** When credentials were last of use that were ended. */
  public final List<Instant> revoked = new ArrayList<>();

  @Override
  public Splits splits() {
    return this;
  }

  @Override
  public String credentials(Program program, String namespace, String uid, Instant expires) {
    return "credentials";
  }

  @Override
  public void revoke(Program program, String namespace, String uid, Instant at) {
    revoked.add(at);
  }

  @Override
  public byte @Nullable [] read(String job, int attempt, String name) {
    return split.get(attempt + "." + name);
  }

  @Override
  public void write(String job, String name, byte[] record) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public byte @Nullable [] collected(String job, int attempt) {
    return collected.get(attempt);
  }

  @Override
  public @Nullable SaidProgress splitProgress(String job, int attempt) {
    return progress.get(attempt);
  }

  @Override
  public @Nullable SaidProgress collectProgress(String job, int attempt) {
    return progress.get(attempt);
  }

  @Override
  public @Nullable SaidProgress waitsForStore(String job) {
    return null;
  }

  @Override
  public void forgetProgress(String job) {
    progress.clear();
  }

  @Override
  public int written(String job, int attempt) {
    return (int) split.keySet().stream().filter(n -> n.startsWith(attempt + ".")).count();
  }

  @Override
  public int written(String job) {
    return split.size();
  }

  @Override
  public void forget(String job) {
    split.clear();
  }

  @Override
  public List<String> jobsWithSplits() {
    return List.of();
  }
}
