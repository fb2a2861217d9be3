package dev.batchapi.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchapi.crds.JobEntry;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EntryPlanTest {

  @Test
  void whatIsNewIsSubmitted() {
    assertThat(plan("[a, b]", "[]"))
        .satisfies(
            plan -> {
              assertThat(plan.submit()).extracting(JobEntry::name).containsExactly("a", "b");
              assertThat(plan.remove()).isEmpty();
            });
  }

  @Test
  void whatIsRememberedIsNeverSubmittedAgain() {
    assertThat(plan("[a, b]", "[a]").submit()).extracting(JobEntry::name).containsExactly("b");
    assertThat(plan("[a]", "[a]", "tagger-a")).isEqualTo(plan("[]", "[]"));
  }

  @Test
  void whatWasCreatedBeforeTheStatusCouldSaySoIsNotSubmittedAgain() {
    assertThat(plan("[a, b]", "[]", "tagger-a").submit())
        .extracting(JobEntry::name)
        .containsExactly("b");
  }

  @Test
  void whatIsNoEntryAnyMoreIsRemoved() {
    assertThat(plan("[b]", "[a, b]", "tagger-a", "tagger-b").remove()).containsExactly("tagger-a");
    assertThat(plan("[]", "[a]").remove()).containsExactly("tagger-a");
    assertThat(plan("[]", "[]", "tagger-a").remove()).containsExactly("tagger-a");
  }

  private static EntryPlan plan(String entries, String remembered, String... owned) {
    return EntryPlan.of(Apis.with(entries, remembered), Set.of(owned));
  }
}
