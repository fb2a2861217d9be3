package dev.batchapi.runtime.splitter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.contract.ExitCode;
import dev.batchapi.data.store.StoreUnavailableException;
import dev.batchapi.queue.QueueAccessException;
import dev.batchapi.queue.QueueFullException;
import dev.batchapi.queue.QueueUnavailableException;
import dev.batchapi.runtime.splitter.SplitterMain.Trouble;
import org.junit.jupiter.api.Test;

class SplitterMainTest {
  @Test
  void itsExitCodeTellsWhatMayBeOtherwiseNextTime() {
    assertThat(Trouble.of(new QueueFullException("The queue has no room.", null)))
        .isEqualTo(new Trouble(ExitCode.STORAGE_UNAVAILABLE, "The queue has no room."));
    assertThat(Trouble.of(new QueueUnavailableException("away", null)).exit())
        .isEqualTo(ExitCode.STORAGE_UNAVAILABLE);
    assertThat(Trouble.of(new StoreUnavailableException("503", null)).exit())
        .isEqualTo(ExitCode.STORAGE_UNAVAILABLE);
    assertThat(Trouble.of(new QueueAccessException("refused", null)).exit())
        .isEqualTo(ExitCode.UNEXPECTED);
    assertThat(Trouble.of(new IllegalStateException("odd")).exit()).isEqualTo(ExitCode.UNEXPECTED);
  }
}
