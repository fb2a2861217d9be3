package dev.batchapi.crds;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A worker has Jackson on its class path and nothing of fabric8, not even the annotations. */
class WithoutFabric8Test {

  @Test
  void everythingButTheCustomResourcesLoadsAndBinds() throws Exception {
    URL[] classPath =
        Stream.of(BatchApiSpec.class, ObjectMapper.class, JsonFactory.class, JsonProperty.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
            .toArray(URL[]::new);
    try (var worker = new URLClassLoader(classPath, ClassLoader.getPlatformClassLoader())) {
      assertThat(bind(worker, "BatchApiSpec", "{\"handler\": {\"python\": {\"file\": \"h.py\"}}}"))
          .contains("file=h.py");
      assertThat(bind(worker, "BatchJobSpec", "{\"apiName\": \"a\", \"input\": {\"count\": 1}}"))
          .contains("count=1");

      Object run =
          worker
              .loadClass("dev.batchapi.crds.run.RunSpec")
              .getMethod("read", byte[].class)
              .invoke(null, (Object) RUN.getBytes(UTF_8));
      assertThat(run.toString()).contains("batchSize=4");
    }
  }

  private static String bind(ClassLoader worker, String type, String json) throws Exception {
    Class<?> mapper = worker.loadClass(ObjectMapper.class.getName());
    return mapper
        .getMethod("readValue", String.class, Class.class)
        .invoke(
            mapper.getConstructor().newInstance(),
            json,
            worker.loadClass("dev.batchapi.crds." + type))
        .toString();
  }

  private static final String RUN =
      """
      {
        "job": {
          "uid": "u", "name": "j", "namespace": "n", "apiName": "a", "workers": 1,
          "startTime": "2026-01-31T12:00:00Z"
        },
        "handler": {
          "language": "python", "file": "handler.py", "inCodeFolder": true,
          "className": "Handler", "classpath": []
        },
        "config": {}, "batchSize": 4, "items": 10, "totalBatches": 3,
        "retry": {"maxAttempts": 3, "initialBackoffSeconds": 1, "maxBackoffSeconds": 60},
        "timeouts": {},
        "metrics": {"tags": {}}
      }
      """;
}
