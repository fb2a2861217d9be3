package dev.batchapi.runtime.collector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.batchapi.data.results.LargeJson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** An object that should be a result is not one JSON value in UTF-8. */
final class NotJsonException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final JsonFactory PARSERS = new JsonFactory();

  NotJsonException(String message) {
    super(message);
  }

  /** Reads all of it, and keeps nothing: its worker has looked at it, if one of ours wrote it. */
  static void check(LargeJson json) throws IOException {
    // Refuses what is not UTF-8, in place of replacing it.
    try (var text = new InputStreamReader(json.open(), StandardCharsets.UTF_8.newDecoder());
        var parser = PARSERS.createParser(text)) {
      var any = parser.nextToken() != null;
      parser.skipChildren();
      if (!any || parser.nextToken() != null) {
        throw new NotJsonException("it is not one JSON value");
      }
    } catch (JsonProcessingException | CharacterCodingException e) {
      throw new NotJsonException(e.getClass().getSimpleName());
    }
  }
}
