package dev.batchapi.data.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses as numbers: no name is looked up. */
class RedirectTest {

  @Test
  void fromTheOutsideNobodyGetsIn() {
    for (var inside :
        List.of(
            "http://169.254.169.254/latest/meta-data/",
            "http://127.0.0.1:8080/",
            "http://10.0.0.1/",
            "http://192.168.1.1/",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://0.0.0.0/")) {
      assertThatThrownBy(() -> next("http://203.0.113.5/a", inside))
          .as(inside)
          .isInstanceOf(StoreRefusedException.class)
          .hasMessageContaining("which is inside this network");
    }
  }

  @Test
  void otherAddressesAreFollowedButForSecretsInTheClear() {
    assertThat(next("http://203.0.113.5/a", "https://203.0.113.6/b?x=1"))
        .isEqualTo("https://203.0.113.6/b?x=1");
    assertThat(next("http://203.0.113.5/a/b", "../c")).isEqualTo("http://203.0.113.5/c");
    assertThat(next("http://10.0.0.1/a", "http://10.0.0.2/b")).isEqualTo("http://10.0.0.2/b");
    assertThatThrownBy(() -> next("https://203.0.113.5/a", "http://203.0.113.5/b"))
        .hasMessageContaining("none from https to http");
    assertThatThrownBy(() -> next("http://203.0.113.5/a", "file:///etc/passwd"))
        .isInstanceOf(StoreRefusedException.class);
    assertThatThrownBy(() -> next("http://203.0.113.5/a", "http://a b/"))
        .hasMessageContaining("no URL");
  }

  private static String next(String from, String to) {
    return Redirect.next("a", URI.create(from), to).toString();
  }
}
