package dev.batchapi.operator.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server accepts what is right and says what is wrong, as kubectl apply shows it. */
@Tag("alone")
class CrdRulesIT {
  @RegisterExtension static final TestCluster CLUSTER = new TestCluster();

  static Stream<RuleFile> valid() {
    return RuleFile.all("valid");
  }

  static Stream<RuleFile> invalid() {
    return RuleFile.all("invalid");
  }

  static Stream<RuleFile> updates() {
    return RuleFile.all("updates");
  }

  @ParameterizedTest
  @MethodSource({"valid", "invalid"})
  void saysWhatIsWrongWithAFile(RuleFile file) {
    var said = new ArrayList<String>();
    for (var document : file.documents()) {
      said.addAll(Refusal.of(() -> CLUSTER.wouldCreate(document)));
    }

    assertExpected(said, file);
  }

  @ParameterizedTest
  @MethodSource("updates")
  void saysWhatCannotBeChanged(RuleFile file) {
    var before = file.documents().getFirst();
    var after = file.documents().getLast();
    CLUSTER.create(before);

    var said = Refusal.of(() -> CLUSTER.wouldUpdate(after));

    CLUSTER.delete(before);
    assertExpected(said, file);
  }

  private static void assertExpected(List<String> said, RuleFile file) {
    assertThat(said).as("what the server said").hasSameSizeAs(file.expected());
    for (String expected : file.expected()) {
      assertThat(said).as("a line that says: %s", expected).anyMatch(Refusal.matches(expected));
    }
  }
}
