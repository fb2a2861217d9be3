package dev.batchapi.operator.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NatsKeysTest {
  private static final String KEY = "A" + "B2".repeat(27) + "C";
  private static final String EARLIER =
      """
      listen: "0.0.0.0:4222"
      max_payload: 2MB
      jetstream {
        store_dir: "/data"
        sync_interval: always
      }
      operator: eyJ0eXAi.eyJqdGki.c2ln
      system_account: %1$s
      resolver: MEMORY
      resolver_preload: {
        %1$s: eyJ0eXAi.eyJqdGki.c2ln
        %1$s: eyJ0eXAi.eyJqdGki.c2ln
        %1$s: eyJ0eXAi.eyJqdGki.c2ln
      }
      """
          .formatted(KEY);

  @Test
  void aConfigurationOfAnEarlierVersionIsKnownWhateverItsKeys() {
    assertThat(NatsKeys.isUnchanged(EARLIER)).isTrue();
  }

  @Test
  void oneThatSomebodyHasChangedIsTold() {
    assertThat(NatsKeys.isUnchanged(EARLIER.replace("2MB", "8MB"))).isFalse();
    assertThat(NatsKeys.isUnchanged(EARLIER + "max_connections: 100\n")).isFalse();
  }
}
