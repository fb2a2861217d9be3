package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;

/**
 * Refuses what is no data, by its type's name: Jackson would try to write an open file or a thread
 * as a bean, and give up somewhere inside of the JDK.
 */
final class NotJson extends SimpleModule {
  private static final long serialVersionUID = 1L;

  NotJson() {
    super("batchapi");
    for (Class<?> type :
        new Class<?>[] {AutoCloseable.class, Future.class, Thread.class, ClassLoader.class}) {
      refuse(type);
    }
  }

  private <T> void refuse(Class<T> type) {
    addSerializer(type, new Refusal<>());
  }

  private static final class Refusal<T> extends JsonSerializer<T> {
    @Override
    public void serialize(T value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      throw new NotJsonException(
          "%s is a %s, which can't be written as JSON%s"
              .formatted(
                  Paths.next(generator.getOutputContext()),
                  value.getClass().getName(),
                  wayOut(value)));
    }

    private static String wayOut(Object value) {
      return switch (value) {
        case Future<?> _ -> ": wait for it, as by get()";
        case BaseStream<?, ?> _ -> ": collect it, as by toList()";
        default -> "";
      };
    }
  }
}
