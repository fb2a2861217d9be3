package dev.batchapi.runtime.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void slipsOfTheFingersAreUnderstood() {
    var known = List.of("batchSize", "env", "jobs", "metrics", "maxFailedBatches");

    assertThat(Nearest.to("bachSize", known)).contains("batchSize");
    assertThat(Nearest.to("batchsize", known)).contains("batchSize");
    assertThat(Nearest.to("abtchSize", known)).contains("batchSize");
    assertThat(Nearest.to("evn", known)).contains("env");
    assertThat(Nearest.to("maxFailedBatch", known)).contains("maxFailedBatches");
  }

  @Test
  void anotherWordIsNotGuessed() {
    assertThat(Nearest.to("colour", List.of("batchSize", "env", "jobs"))).isEmpty();
    assertThat(Nearest.to("x", List.of("env"))).isEmpty();
    assertThat(Nearest.to("x", List.of())).isEmpty();
  }

  @Test
  void aSwapOfNeighboursIsOneEdit() {
    assertThat(Nearest.distance("pyhton", "python")).isEqualTo(1);
    assertThat(Nearest.distance("", "abc")).isEqualTo(3);
    assertThat(Nearest.distance("same", "SAME")).isZero();
  }
}
