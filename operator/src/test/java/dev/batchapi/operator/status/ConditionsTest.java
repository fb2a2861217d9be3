package dev.batchapi.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.Condition;
import dev.batchapi.crds.Condition.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Condition READY = condition("Ready", Status.TRUE, "Ready", "8:00");
  private static final Condition OTHER = condition("Other", Status.FALSE, "Waiting", "8:00");

  @Test
  void aStatusThatStaysKeepsItsTime() {
    var reasoned = condition("Other", Status.FALSE, "StillWaiting", "9:00");
    assertThat(Conditions.merge(List.of(READY, OTHER), List.of(reasoned)))
        .containsExactly(READY, condition("Other", Status.FALSE, "StillWaiting", "8:00"));
  }

  @Test
  void aStatusThatChangesGetsItsTime() {
    var failed = condition("Ready", Status.FALSE, "Broken", "9:00");
    assertThat(Conditions.merge(List.of(READY, OTHER), List.of(failed)))
        .containsExactly(failed, OTHER);
  }

  @Test
  void whatIsTheSameInAnotherOrderIsNoChange() {
    var before = List.of(READY, OTHER);
    assertThat(
            Conditions.merge(
                before,
                List.of(
                    condition("Other", Status.FALSE, "Waiting", "9:00"),
                    condition("Ready", Status.TRUE, "Ready", "9:00"))))
        .isEqualTo(before);
  }

  @Test
  void newOnesStandBehind() {
    assertThat(Conditions.merge(null, List.of(READY))).containsExactly(READY);
    assertThat(Conditions.merge(List.of(OTHER), List.of(READY))).containsExactly(OTHER, READY);
  }

  @Test
  void findsByType() {
    assertThat(Conditions.find(List.of(READY, OTHER), "Other")).contains(OTHER);
    assertThat(Conditions.find(null, "Other")).isEmpty();
    assertThat(Conditions.isTrue(List.of(READY, OTHER), "Ready")).isTrue();
    assertThat(Conditions.isTrue(List.of(READY, OTHER), "Other")).isFalse();
    assertThat(Conditions.isTrue(List.of(READY, OTHER), "Missing")).isFalse();
  }

  private static Condition condition(String type, Status status, String reason, String time) {
    return new Condition(type, status, reason, "", time, 1L);
  }
}
