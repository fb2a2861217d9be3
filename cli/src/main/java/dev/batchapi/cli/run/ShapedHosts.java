package dev.batchapi.cli.run;

import dev.batchapi.data.results.ResultShape;
import dev.batchapi.queue.BatchError;
import dev.batchapi.queue.BatchError.Reason;
import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.HostStartException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Hosts whose batches fail when they return another shape of result than the job's first, or when
 * they can't be read.
 */
record ShapedHosts(HostSource hosts, ResultShape shape, InputBatches batches)
    implements HostSource {

  @Override
  public Host start() throws HostStartException, InterruptedException {
    return new ShapedHost(hosts.start(), shape, batches);
  }

  @Override
  public boolean canRestart() {
    return hosts.canRestart();
  }

  private record ShapedHost(Host host, ResultShape shape, InputBatches batches) implements Host {

    @Override
    public Answer handle(
        String id, int index, int attempt, Optional<Instant> deadline, byte[] payload) {
      var unread = batches.error(index);
      if (unread.isPresent()) {
        return new Answer.Failed(unread.get());
      }
      var answer = host.handle(id, index, attempt, deadline, payload);
      return answer instanceof Answer.Result(var json)
          ? shape
              .refuse(index, batches.itemsIn(index), json)
              .<Answer>map(why -> new Answer.Failed(BatchError.of(Reason.ResultInvalid, why)))
              .orElse(answer)
          : answer;
    }

    @Override
    public Answer complete(Optional<Instant> deadline, byte[] summary) {
      return host.complete(deadline, summary);
    }

    @Override
    public Duration construction() {
      return host.construction();
    }

    @Override
    public boolean replaceable() {
      return host.replaceable();
    }

    @Override
    public void replace() {
      host.replace();
    }

    @Override
    public boolean alive() {
      return host.alive();
    }

    @Override
    public void kill() {
      host.kill();
    }

    @Override
    public void close() {
      host.close();
    }
  }
}
