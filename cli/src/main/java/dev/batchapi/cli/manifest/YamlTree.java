package dev.batchapi.cli.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.batchapi.cli.manifest.Document.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/** Makes JSON of YAML's nodes and remembers where everything stood. */
final class YamlTree {
  /**
   * Aliases of aliases make a small file large: nodes that are there in any case with its aliases
   * filled in, and twice as many as are written.
   */
  private static final int NODES_ANYWAY = 100_000;

  private static final String TOO_LARGE = "is too large when its aliases are filled in";

  private static final Tag PLAIN = new Tag("!plain");
  private static final Set<Tag> KNOWN =
      Set.of(PLAIN, Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ, Tag.MERGE);

  /** Leaves it to {@link Scalars} what a plain scalar is, and tells it from one with a tag. */
  static final Resolver RESOLVER =
      new Resolver() {
        @Override
        public Tag resolve(NodeId kind, String value, boolean implicit) {
          if (kind != NodeId.scalar || !implicit) {
            return super.resolve(kind, value, implicit);
          }
          return value.equals("<<") ? Tag.MERGE : PLAIN;
        }
      };

  private final Path file;
  private final List<Problem> problems;
  private final Map<String, Place> places = new HashMap<>();
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Nodes nodes;

  /** Of all documents of a file. */
  static final class Nodes {
    private int written;
    private int filledIn;

    private int most() {
      return Math.max(NODES_ANYWAY, 2 * written);
    }
  }

  private YamlTree(Path file, Nodes nodes, List<Problem> problems) {
    this.file = file;
    this.nodes = nodes;
    this.problems = problems;
  }

  /**
   * Empty if it would be too large, which is a problem.
   *
   * @param nodes those of the documents before it in its file
   */
  static Optional<Document> document(Path file, Node root, Nodes nodes, List<Problem> problems) {
    var tree = new YamlTree(file, nodes, problems);
    tree.places.put("", new Place(line(root), null));
    var sizes = new IdentityHashMap<Node, Integer>();
    var size = size(root, sizes);
    nodes.written += sizes.size();
    var most = nodes.most() - nodes.filledIn;
    if (size > most) {
      tree.problem(smallestTooLarge(root, sizes, most), "", TOO_LARGE);
      return Optional.empty();
    }
    return Optional.of(new Document(file, tree.json(root, ""), tree.places));
  }

  /** How many nodes it is with its aliases filled in. */
  private static int size(Node node, Map<Node, Integer> known) {
    var size = known.get(node);
    if (size != null) {
      return size;
    }
    known.put(node, 0); // if it contains itself
    var sum = 1L;
    for (var child : children(node)) {
      sum += size(child, known);
    }
    size = (int) Math.min(sum, Integer.MAX_VALUE);
    known.put(node, size);
    return size;
  }

  private static Node smallestTooLarge(Node node, Map<Node, Integer> sizes, int most) {
    sizes.remove(node); // it may contain itself
    return children(node).stream()
        .filter(child -> sizes.getOrDefault(child, 0) > most)
        .findFirst()
        .map(child -> smallestTooLarge(child, sizes, most))
        .orElse(node);
  }

  private static List<Node> children(Node node) {
    return switch (node) {
      case SequenceNode list -> list.getValue();
      case MappingNode object -> object.getValue().stream().map(NodeTuple::getValueNode).toList();
      default -> List.of();
    };
  }

  private JsonNode json(Node node, String path) {
    // Of nodes that contain each other, which is a problem of its own, size() counts too few.
    if (++nodes.filledIn > nodes.most()) {
      if (nodes.filledIn == nodes.most() + 1) {
        problem(node, path, TOO_LARGE);
      }
      return NullNode.instance;
    }
    if (!KNOWN.contains(node.getTag())) {
      problem(node, path, "the YAML tag " + node.getTag() + " has no meaning here: remove it");
    }
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar, path);
    }
    if (!open.add(node)) {
      problem(node, path, "contains itself by an alias");
      return NullNode.instance;
    }
    JsonNode json =
        node instanceof SequenceNode list ? array(list, path) : object((MappingNode) node, path);
    open.remove(node);
    return json;
  }

  private JsonNode scalar(ScalarNode scalar, String path) {
    if (hasHalfCharacter(scalar.getValue())) {
      problem(scalar, path, "has half of a character (\\ud800 to \\udfff), which kubectl refuses");
    }
    if (scalar.getTag().equals(Tag.STR)) {
      return TextNode.valueOf(scalar.getValue());
    }
    JsonNode json = Scalars.plain(scalar.getValue());
    if (json.isBigInteger()) {
      problem(
          scalar,
          path,
          "%s has more than 64 bits with its sign, and Kubernetes keeps it as %s, a floating-point number: put it in quotes, or into JSON lines, which are passed on as they are"
              .formatted(scalar.getValue(), new BigDecimal(json.doubleValue()).toPlainString()));
    }
    if (json.isDouble() && !Double.isFinite(json.doubleValue())) {
      problem(scalar, path, scalar.getValue() + " is a number that JSON does not have");
      return NullNode.instance;
    }
    return json;
  }

  private static boolean hasHalfCharacter(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private ArrayNode array(SequenceNode list, String path) {
    var array = JsonNodeFactory.instance.arrayNode();
    for (Node entry : list.getValue()) {
      String at = Document.entry(path, array.size());
      place(at, line(entry), entry);
      array.add(json(entry, at));
    }
    return array;
  }

  private ObjectNode object(MappingNode mapping, String path) {
    var object = JsonNodeFactory.instance.objectNode();
    var merged = new ArrayList<Node>();
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        if (key.getTag().equals(Tag.MERGE)) {
          merged.add(tuple.getValueNode());
        } else {
          field(object, key, tuple.getValueNode(), path);
        }
      } else {
        problem(tuple.getKeyNode(), path, "has a list or an object as a key: keys are text");
      }
    }
    merged.forEach(source -> mergeAll(object, source, path));
    return object;
  }

  private void field(ObjectNode object, ScalarNode key, Node value, String path) {
    String name = key.getValue();
    String at = Document.field(path, name);
    if (key.getTag().equals(PLAIN) && Scalars.plain(name).isBoolean()) {
      problem(key, at, "YAML reads this key as true or false: put it in quotes, \"" + name + "\"");
    }
    Place first = places.get(at);
    if (object.has(name) && first != null) {
      problem(key, at, "stands here twice, first in line " + first.line());
      return;
    }
    place(at, line(key), value);
    object.set(name, json(value, at));
  }

  /** {@code <<: *base} or a list of such: fields that are not there already, the first wins. */
  private void mergeAll(ObjectNode object, Node source, String path) {
    if (source instanceof SequenceNode list) {
      list.getValue().forEach(entry -> merge(object, entry, path));
    } else {
      merge(object, source, path);
    }
  }

  private void merge(ObjectNode object, Node source, String path) {
    if (source instanceof MappingNode) {
      json(source, path).properties().forEach(f -> object.putIfAbsent(f.getKey(), f.getValue()));
    } else {
      problem(source, path, "<< takes an alias of an object, or a list of such");
    }
  }

  private void place(String path, int line, Node value) {
    String written = value instanceof ScalarNode scalar ? scalar.getValue() : null;
    places.putIfAbsent(path, new Place(line, written));
  }

  private void problem(Node node, String path, String message) {
    problems.add(new Problem(file, line(node), path, message));
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }
}
