package dev.batchapi.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchapi.data.input.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GlobTest {

  @Test
  void oneStarStaysWithinAFolderAndTwoCrossFolders() {
    matches("s3://b/*.jsonl", "s3://b/a.jsonl", "s3://b/.jsonl");
    matchesNot("s3://b/*.jsonl", "s3://b/c/a.jsonl", "s3://b/a.json");
    matches("s3://b/**.jsonl", "s3://b/a.jsonl", "s3://b/c/d/a.jsonl");
    matches("s3://b/**/x", "s3://b/a/x", "s3://b/a/c/x", "s3://b//x", "s3://b/x");
    matchesNot("s3://b/**/x", "s3://b/ax", "s3://b/a/cx", "s3://b");
    matches("**/_*", "_a", "a/_b", "a/b/_c");
    matchesNot("**/_*", "a_b", "a/b_c");
    matches("a/**/**/b", "a/b", "a/c/b");
    matches("a**/b", "a/b", "ac/b", "a/c/b");
    matchesNot("a**/b", "ab");
    matches("a?c", "abc");
    matchesNot("a?c", "a/c", "ac");
  }

  @Test
  void setsAndAlternatives() {
    matches("part-[0-4]*.{csv,csv.gz}", "part-0.csv", "part-42.csv.gz");
    matchesNot("part-[0-4]*.{csv,csv.gz}", "part-5.csv", "part-0.csv.zst");
    matches("x[!a-z]", "xA", "x1", "x^");
    matchesNot("x[!a-z]", "xa", "x/");
    matches("{a,b{c,d}}.txt", "a.txt", "bc.txt", "bd.txt");
    matches("a,b}", "a,b}");
  }

  /** An object store takes any name. */
  @Test
  void otherCharactersMeanThemselves() {
    for (var key :
        List.of(
            "a b", "a#b", "100%", "a%20b", "a+b", "é/ü", "x//y", "a&b", "a.b", "$^(|)-", "a\nb")) {
      matches("s3://b/" + key + "*", "s3://b/" + key, "s3://b/" + key + "1");
      assertThat(Glob.of("s3://b/" + key).literal()).isTrue();
    }
    matchesNot("a.b*", "aXb");
    matchesNot("x//*", "x/y");
    matches("[.+&^-]*", "+", ".", "&", "^", "-");
    assertThat(Glob.of("a\\[1\\]\\*.csv").prefix()).isEqualTo("a[1]*.csv");
    matches("a\\[1\\]*", "a[1]b");
  }

  @Test
  void whatAllMatchesStartWithIsKnown() {
    assertThat(Glob.of("s3://b/2026-*/x.csv").prefix()).isEqualTo("s3://b/2026-");
    assertThat(Glob.of("data/{a,b}").prefix()).isEqualTo("data/");
  }

  @Test
  void anOpenBracketIsNamed() {
    assertThatThrownBy(() -> Glob.of("a/{b"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a/{b: a { is never closed");
    assertThatThrownBy(() -> Glob.of("a[b")).hasMessageContaining("a [ is never closed");
    assertThatThrownBy(() -> Glob.of("a[z-a]")).hasMessageContaining("[z-a] is no set");
  }

  private static void matches(String glob, String... urls) {
    for (var url : urls) {
      assertThat(Glob.of(glob).matches(url)).as("%s matches %s", glob, url).isTrue();
    }
  }

  private static void matchesNot(String glob, String... urls) {
    for (var url : urls) {
      assertThat(Glob.of(glob).matches(url)).as("%s matches %s", glob, url).isFalse();
    }
  }
}
