package dev.batchapi.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** The YAML of a custom resource's definition, made from its records. */
final class CrdYaml {
  // Not the generator's own writer: unquoted it writes the enum "True" as a boolean.
  static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build();

  private CrdYaml() {}

  static String generate(Class<? extends HasMetadata> type) throws JsonProcessingException {
    var generated = new ArrayList<HasMetadata>();
    new CRDGenerator()
        .customResourceClasses(List.of(type))
        .forCRDVersions("v1")
        .withPostProcessor(
            new CRDPostProcessor() {
              @Override
              public HasMetadata process(HasMetadata crd, String version) {
                generated.add(crd);
                return crd;
              }
            })
        .withOutput(new Nowhere())
        .generate();
    ObjectNode crd = MAPPER.valueToTree(generated.getFirst());
    return "# Generated from the records of dev.batchapi.crds by `make crds`.\n"
        + MAPPER.writeValueAsString(CrdTidy.tidy(crd));
  }

  private static final class Nowhere implements CRDGenerator.CRDOutput<ByteArrayOutputStream> {
    @Override
    public ByteArrayOutputStream outputFor(String crdName) {
      return new ByteArrayOutputStream();
    }

    @Override
    public void close() {}
  }
}
