package dev.batchapi.runtime.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.batchapi.queue.BatchError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Hosts that give the answers of a list, one after the other, over all of them. */
final class ScriptedHosts implements HostSource {
  /** Each call as {@code <batch> #<attempt> [<items>]}. */
  final List<String> handled = Collections.synchronizedList(new ArrayList<>());

  /** Of each call of a batch, the number of its process, from 1. */
  final List<Integer> processes = Collections.synchronizedList(new ArrayList<>());

  /** Of each call of a batch, until its deadline. */
  final List<Duration> timeLeft = Collections.synchronizedList(new ArrayList<>());

  final AtomicInteger started = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();

  /** What a start ends with; null: it starts. */
  @Nullable HostStartException failure;

  /** What calls wait for, until they are killed; null: they don't. */
  @Nullable CountDownLatch block;

  boolean restarts = true;

  /** The batch that breaks its process, in place of the list; below 0 for none. */
  int breaks = -1;

  private final Deque<Answer> answers = new ArrayDeque<>();

  void answers(Answer... script) {
    answers.addAll(List.of(script));
  }

  /** Results as JSON with commas between, and errors by item. */
  static Answer items(String results, Map<Integer, BatchError> errors) {
    return Answer.Items.of(List.of(results.split(",")), new TreeMap<>(errors));
  }

  @Override
  public Host start() throws HostStartException {
    if (failure != null) {
      throw failure;
    }
    return new ScriptedHost(started.incrementAndGet());
  }

  @Override
  public boolean canRestart() {
    return restarts;
  }

  private final class ScriptedHost implements Host {
    private final int number;
    private boolean alive = true;
    private boolean broken;

    ScriptedHost(int number) {
      this.number = number;
    }

    @Override
    public Answer handle(Call call) {
      var items = call.positions().isEmpty() ? "" : " " + call.positions();
      handled.add("%s #%d%s".formatted(call.id(), call.attempt(), items));
      processes.add(number);
      call.deadline().ifPresent(at -> timeLeft.add(Duration.between(Instant.now(), at)));
      if (breaks >= 0) {
        broken |= call.index() == breaks;
        return broken ? new Answer.Failed(ScriptedJob.THROWN) : ScriptedJob.FINE;
      }
      return answer();
    }

    @Override
    public Answer complete(Optional<Instant> deadline, byte[] summary) {
      handled.add("complete " + new String(summary, UTF_8));
      return answer();
    }

    private Answer answer() {
      if (block != null) {
        try {
          block.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return new Answer.Died("killed");
      }
      var answer = answers.remove();
      alive =
          switch (answer) {
            case Answer.Died _, Answer.NeverStarted _, Answer.TimedOut _ -> false;
            default -> true;
          };
      return answer;
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public void kill() {
      alive = false;
      if (block != null) {
        block.countDown();
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }
}
