package dev.batchapi.queue.jetstream;

import io.nats.client.AuthHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Credentials from a file that may be replaced while the process runs: it is read at every connect.
 * Instead of {@code Nats.credentials}, whose signature costs a starting worker BouncyCastle: {@link
 * UserSeed}.
 *
 * <p>jnats hides what goes wrong here behind "unable to connect", so it is kept for the one who
 * waits ({@link #problem}), and logged for a connection that nobody waits for.
 */
final class CredentialsFile implements AuthHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialsFile.class);
  private static final int LARGEST = 64 << 10;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Path file;
  private @Nullable String jwt;
  private Instant renewable = Instant.MAX;
  private volatile @Nullable String problem;

  CredentialsFile(Path file) {
    this.file = file;
  }

  /** What was wrong with the file the last time it was read; null if nothing. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * Signs what the server greets with.
   *
   * @throws IllegalStateException if the file is missing or garbled
   */
  @Override
  public synchronized byte[] sign(byte[] nonce) {
    jwt = null;
    try {
      var blocks = blocks();
      var signature = UserSeed.parse(blocks.get(1)).sign(nonce);
      // Both from one reading, for the file may be replaced in between.
      jwt = blocks.get(0);
      renewable = Lifetime.of(jwt).map(Lifetime::late).orElse(Instant.MAX);
      problem = null;
      return signature;
    } catch (NoSuchFileException e) {
      throw failed("The credentials file %s is missing.".formatted(file), e);
    } catch (IOException e) {
      throw failed("The credentials file %s can't be read: %s.".formatted(file, e), e);
    } catch (IllegalArgumentException e) {
      throw failed("The credentials file %s can't be used: %s.".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Whether the credentials in use have passed most of their life and the file has others: time to
   * connect anew, before the server cuts the connection at a moment that nobody has chosen.
   */
  synchronized boolean isRenewed() {
    var now = Instant.now();
    if (now.isBefore(renewable)) {
      return false;
    }
    try {
      if (!blocks().get(0).equals(jwt)) {
        return true;
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.debug("{} can't be used: {}", file, e.getMessage());
    }
    renewable = now.plus(LOOK_AGAIN);
    return false;
  }

  private IllegalStateException failed(String sentence, Exception cause) {
    if (!sentence.equals(problem)) {
      problem = sentence;
      LOG.warn("{}", sentence);
    }
    return new IllegalStateException(sentence, cause);
  }

  /** The user's public key, which is in the JWT. */
  @Override
  public char @Nullable [] getID() {
    return null;
  }

  /** The JWT that belongs to the last signature: jnats asks for that first. */
  @Override
  public synchronized char @Nullable [] getJWT() {
    return jwt == null ? null : jwt.toCharArray();
  }

  /** JWT and seed: the line between a BEGIN and an END, twice. */
  private List<String> blocks() throws IOException {
    if (Files.size(file) > LARGEST) {
      throw new IllegalArgumentException("it is larger than any credentials");
    }
    var blocks = new ArrayList<String>();
    var begun = false;
    for (var line : Files.readAllLines(file)) {
      var text = line.strip();
      if (text.startsWith("---")) {
        begun = text.contains("BEGIN");
      } else if (begun && !text.isEmpty()) {
        blocks.add(text);
      }
    }
    if (blocks.size() != 2) {
      throw new IllegalArgumentException(
          "it must have a line of JWT and a line of seed, each between BEGIN and END");
    }
    return blocks;
  }
}
