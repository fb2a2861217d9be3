package dev.batchapi.queue.jetstream;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** From when until when a JWT is of use. */
record Lifetime(Instant issued, Instant expires) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Empty for one that never expires, or that can't be read. */
  static Optional<Lifetime> of(String jwt) {
    var first = jwt.indexOf('.');
    var last = jwt.lastIndexOf('.');
    if (first < 0 || first == last) {
      return Optional.empty();
    }
    try {
      var claims = JSON.readTree(Base64.getUrlDecoder().decode(jwt.substring(first + 1, last)));
      return claims.path("exp").isNumber()
          ? Optional.of(
              new Lifetime(
                  Instant.ofEpochSecond(claims.path("iat").asLong()),
                  Instant.ofEpochSecond(claims.path("exp").asLong())))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Some moment in its third quarter, another one each time, so that a job's workers part. */
  Instant late() {
    var quarter = Duration.between(issued, expires).toMillis() / 4;
    return issued.plusMillis(2 * quarter + ThreadLocalRandom.current().nextLong(quarter + 1));
  }
}
