package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Java class: compiled in the image, or as source in the resource or in a ConfigMap. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.classpath) || has(self.inline) || has(self.configMap)",
    message = Rules.JAVA_SOURCE)
@ValidationRule(
    value = "!has(self.inline) || (!has(self.configMap) && !has(self.file))",
    message = Rules.INLINE_ALONE)
@ValidationRule(
    value = "!has(self.file) || has(self.configMap) || has(self.inline)",
    message = Rules.JAVA_FILE)
@ValidationRule(
    value =
        "!has(self.configMap) || !has(self.file) || self.file.matches('"
            + Syntax.CONFIG_MAP_KEY
            + "')",
    message = Rules.FILE_IS_KEY)
public record JavaHandler(
    @JsonPropertyDescription("Name of the handler's class, with its package. Default: Handler.")
        @Default("Handler")
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.JAVA_CLASS + "')",
            message = Rules.JAVA_CLASS)
        @Nullable String className,
    @JsonPropertyDescription(
            "Jars and folders of classes in the image, in order; /app/lib/*.jar stands for all jars of"
                + " a folder. With inline or configMap: the libraries that the source is compiled"
                + " against. At most 64.")
        @Size(min = 1, max = 64)
        @Nullable List<@Size(min = 1, max = 1024) String> classpath,
    @JsonPropertyDescription(
            "The source itself, one file; compiled when the worker starts. Instead of configMap.")
        @Size(min = 1, max = 131072)
        @Nullable String inline,
    @JsonPropertyDescription(
            "The ConfigMap with the source; compiled when the worker starts. A job keeps the source it"
                + " started with.")
        @Nullable ConfigMapRef configMap,
    @JsonPropertyDescription(
            "The key of configMap with the class. Default: the simple class name and .java, such as"
                + " Handler.java.")
        @Size(min = 1, max = 253)
        @ValidationRule(value = "self.endsWith('.java')", message = Rules.JAVA_FILE_NAME)
        @Nullable String file) {}
