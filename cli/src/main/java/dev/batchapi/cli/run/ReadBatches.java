package dev.batchapi.cli.run;

import dev.batchapi.runtime.worker.Answer;
import dev.batchapi.runtime.worker.Call;
import dev.batchapi.runtime.worker.Host;
import dev.batchapi.runtime.worker.HostSource;
import dev.batchapi.runtime.worker.HostStartException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Hosts that are not asked for batches that can't be read: those fail. */
record ReadBatches(HostSource hosts, InputBatches batches) implements HostSource {

  @Override
  public Host start() throws HostStartException, InterruptedException {
    return new ReadingHost(hosts.start(), batches);
  }

  @Override
  public boolean canRestart() {
    return hosts.canRestart();
  }

  private record ReadingHost(Host host, InputBatches batches) implements Host {

    @Override
    public Answer handle(Call call) {
      return batches
          .error(call.index())
          .<Answer>map(Answer.Failed::new)
          .orElseGet(() -> host.handle(call));
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
