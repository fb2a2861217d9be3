package dev.batchapi.operator.job.accept;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Queue<Runnable> begun = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final Turns turns = new Turns(begun::add);

  private void execute(String key, String name) {
    turns.execute(key, () -> done.add(name));
  }

  @Test
  void ofOneKeyTheNextBeginsWhenTheOneBeforeHasEnded() {
    execute("a", "a1");
    execute("a", "a2");
    execute("a", "a3");
    assertThat(begun).hasSize(1);

    begun.remove().run();
    assertThat(done).containsExactly("a1");
    assertThat(begun).hasSize(1);

    while (!begun.isEmpty()) {
      begun.remove().run();
    }
    assertThat(done).containsExactly("a1", "a2", "a3");
    execute("a", "a4");
    assertThat(begun).hasSize(1);
  }

  @Test
  void anotherKeysComesBeforeASecondOfTheFirst() {
    execute("a", "a1");
    execute("a", "a2");
    execute("b", "b1");

    while (!begun.isEmpty()) {
      begun.remove().run();
    }
    assertThat(done).containsExactly("a1", "b1", "a2");
  }

  @Test
  void oneThatFailsDoesNotHoldTheOthers() {
    turns.execute(
        "a",
        () -> {
          throw new IllegalStateException("no");
        });
    execute("a", "a2");

    assertThatThrownBy(() -> begun.remove().run()).isInstanceOf(IllegalStateException.class);
    begun.remove().run();
    assertThat(done).containsExactly("a2");
  }
}
