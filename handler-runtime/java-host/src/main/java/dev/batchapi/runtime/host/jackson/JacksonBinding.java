package dev.batchapi.runtime.host.jackson;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.batchapi.runtime.host.BindingException;
import dev.batchapi.runtime.host.JsonBinding;
import dev.batchapi.runtime.host.ResultTooLargeException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds with the Jackson that this class is linked against, and the modules found beside it. */
public final class JacksonBinding implements JsonBinding {
  private static final byte[] NO_ITEMS = {'[', ']'};

  private final ObjectMapper mapper = new ObjectMapper();
  private final ObjectWriter writer;

  /** With these modules; of two that have something to say of a type the later one does. */
  private JacksonBinding(Iterable<? extends Module> modules) {
    mapper.registerModules(modules);
    // 2.9 for an int is a mistake, and not 2.
    mapper.disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
    mapper.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);
    mapper.disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);
    writer = mapper.writer();
  }

  /** Binds with these modules, but never what is no data, such as a stream. */
  public static JsonBinding with(Module... modules) {
    List<Module> all = new ArrayList<>(List.of(modules));
    all.add(new NotJson());
    return new JacksonBinding(all);
  }

  /** Binds with all modules that this loader finds. */
  public static JsonBinding withModulesOf(ClassLoader libraries) {
    List<Module> all = new ArrayList<>(List.of(new NotJson()));
    all.addAll(ObjectMapper.findModules(libraries));
    return new JacksonBinding(all);
  }

  @Override
  public Items items(Type itemType) throws BindingException {
    Items items = new JacksonItems(mapper, mapper.constructType(itemType));
    List<?> none = items.read(NO_ITEMS, 0, NO_ITEMS.length, false);
    assert none.isEmpty();
    return items;
  }

  @Override
  public @Nullable Object config(byte[] json, Type type) throws BindingException {
    JavaType bound = mapper.constructType(type);
    try {
      return mapper
          .readerFor(bound)
          .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .readValue(json);
    } catch (IOException | RuntimeException e) {
      throw Misfit.reading("config", bound, e, mapper, json, 0, json.length);
    }
  }

  @Override
  public void write(Object result, OutputStream out)
      throws BindingException, ResultTooLargeException {
    try (JsonGenerator bytes = mapper.getFactory().createGenerator(out)) {
      // What was given up must not be completed when it is closed.
      bytes.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
      write(result, new ResultGenerator(bytes, this::isJson));
      bytes.flush();
    } catch (ResultTooLargeException e) {
      throw e;
    } catch (IOException e) {
      throw new BindingException("the result can't be written as JSON: " + e.getMessage(), e);
    }
  }

  private void write(Object result, ResultGenerator generator)
      throws BindingException, ResultTooLargeException {
    try {
      writer.writeValue(generator, result);
    } catch (ResultTooLargeException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw Misfit.writing(generator, e);
    } catch (StackOverflowError e) {
      throw new BindingException(
          "the result contains itself, or is nested too deeply to be written as JSON", null);
    }
  }

  private boolean isJson(String text) {
    try (JsonParser parser = mapper.getFactory().createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      var _ = parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
