package dev.batchapi.runtime.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.batchapi.data.results.LargeJson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Whether what a host sent as a result is one JSON value that everybody after it can read: strict
 * UTF-8, no NaN, nested and with numbers no longer than JSON libraries take by default.
 */
final class ResultCheck {
  private static final JsonFactory JSON = new JsonFactory();

  /** Characters of a result that a message quotes. */
  private static final int SHOWN = 40;

  private ResultCheck() {}

  /**
   * Looks through a result once, and builds nothing of it.
   *
   * @param json empty: no result
   * @param limit bytes that are allowed
   * @return what is wrong with it, for its author; empty if nothing is
   */
  static Optional<String> wrong(byte[] json, int limit) {
    if (json.length == 0) {
      return Optional.empty();
    }
    if (json.length > limit) {
      return Optional.of(
          "The result has %,d bytes as JSON; %,d are allowed.".formatted(json.length, limit));
    }
    try {
      // Refuses what is not UTF-8, in place of replacing it.
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
      return wrong(text);
    } catch (CharacterCodingException e) {
      return Optional.of("The result is no JSON: it is not UTF-8.");
    }
  }

  /** The same of a result in a file, a piece of it at a time. */
  static Optional<String> wrong(LargeJson json, int limit) {
    if (json.size() > limit) {
      return Optional.of(
          "The result has %,d bytes as JSON; %,d are allowed.".formatted(json.size(), limit));
    }
    try (var text = new InputStreamReader(json.open(), StandardCharsets.UTF_8.newDecoder());
        var parser = JSON.createParser(text)) {
      return wrong(parser);
    } catch (JsonProcessingException e) {
      return Optional.of(
          "The result is no JSON, from character %,d on."
              .formatted(e.getLocation().getCharOffset()));
    } catch (CharacterCodingException e) {
      return Optional.of("The result is no JSON: it is not UTF-8.");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of the worker's own disk
    }
  }

  private static Optional<String> wrong(JsonParser parser) throws IOException {
    try {
      if (parser.nextToken() == null) {
        return Optional.of("The result is no JSON: it is blank.");
      }
      parser.skipChildren();
      return parser.nextToken() == null
          ? Optional.empty()
          : Optional.of("The result is no JSON: it is more than one value.");
    } catch (StreamConstraintsException e) {
      return Optional.of(
          "The result can't be read by everybody: it is nested more than %,d levels deep, or has a number of more than %,d figures."
              .formatted(
                  StreamReadConstraints.DEFAULT_MAX_DEPTH,
                  StreamReadConstraints.DEFAULT_MAX_NUM_LEN));
    }
  }

  private static Optional<String> wrong(CharBuffer text) {
    try (var parser = JSON.createParser(text.array(), text.arrayOffset(), text.remaining())) {
      return wrong(parser);
    } catch (JsonProcessingException e) {
      // In our words: the library's speak of its own settings.
      var at = Math.clamp(e.getLocation().getCharOffset(), 0, text.remaining());
      var from = Math.max(0, at - SHOWN / 2);
      var there = text.subSequence(from, Math.min(text.remaining(), from + SHOWN));
      return Optional.of("The result is no JSON, from character %,d on: %s.".formatted(at, there));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of an array in memory
    }
  }
}
