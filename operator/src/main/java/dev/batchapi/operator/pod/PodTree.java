package dev.batchapi.operator.pod;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A pod template whose parts know what messages call them. */
record PodTree(JsonNode template) {
  private static final String SPEC = "spec.template.spec";

  /** A place in the template. What is not there is a missing node. */
  record Place(String path, JsonNode node) {

    Place at(String field) {
      return new Place(path + "." + field, node.path(field));
    }

    /** The elements of the list here, called by their names where they have one. */
    List<Place> each() {
      var elements = new ArrayList<Place>();
      for (var element : node) {
        var name = element.path("name");
        var key = name.isTextual() ? name.asText() : Integer.toString(elements.size());
        elements.add(new Place("%s[%s]".formatted(path, key), element));
      }
      return elements;
    }

    boolean isSet() {
      return !node.isMissingNode() && !node.isNull();
    }

    /** Set to anything but false. */
    boolean isOn() {
      return isSet() && !(node.isBoolean() && !node.booleanValue());
    }

    boolean isTrue() {
      return node.isBoolean() && node.booleanValue();
    }

    boolean isFalse() {
      return node.isBoolean() && !node.booleanValue();
    }

    /** Set to anything but an empty text. */
    boolean isNotEmpty() {
      return isSet() && !(node.isTextual() && node.textValue().isEmpty());
    }

    /** The place with its value, for a message. */
    @Override
    public String toString() {
      return node.isValueNode() ? "%s: %s".formatted(path, node) : path;
    }
  }

  Place spec() {
    return new Place(SPEC, template.path("spec"));
  }

  Place annotations() {
    return new Place(
        "spec.template.metadata.annotations", template.path("metadata").path("annotations"));
  }

  List<Place> containers() {
    return Stream.of("initContainers", "containers", "ephemeralContainers")
        .flatMap(list -> spec().at(list).each().stream())
        .toList();
  }

  /** The pod's own and those of all containers. */
  List<Place> securityContexts() {
    return Stream.concat(Stream.of(spec()), containers().stream())
        .map(part -> part.at("securityContext"))
        .toList();
  }

  /** Whether root in a container is nobody on the node. */
  boolean hasItsOwnUsers() {
    return spec().at("hostUsers").isFalse();
  }
}
