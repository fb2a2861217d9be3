package dev.batchapi.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** A Python class: its source in the resource, in a ConfigMap, or in the image. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.inline) || has(self.configMap) || has(self.file)",
    message = Rules.PYTHON_SOURCE)
@ValidationRule(
    value = "!has(self.inline) || (!has(self.configMap) && !has(self.file))",
    message = Rules.INLINE_ALONE)
@ValidationRule(
    value =
        "!has(self.configMap) || !has(self.file) || self.file.matches('"
            + Syntax.CONFIG_MAP_KEY
            + "')",
    message = Rules.FILE_IS_KEY)
public record PythonHandler(
    @JsonPropertyDescription(
            "The Python file with the class. With configMap: one of its keys, by default handler.py."
                + " Without: a path in the image, absolute or relative to its working directory.")
        @Size(min = 1, max = 1024)
        @ValidationRule(value = "self.endsWith('.py')", message = Rules.PYTHON_FILE)
        @Nullable String file,
    @JsonPropertyDescription(
            "The ConfigMap with the source. All its keys become files of one folder, from which the"
                + " handler can import. A job keeps the source it started with.")
        @Nullable ConfigMapRef configMap,
    @JsonPropertyDescription("The source itself, instead of file and configMap.")
        @Size(min = 1, max = 131072)
        @Nullable String inline,
    @JsonPropertyDescription("Name of the handler's class in the file. Default: Handler.")
        @Default("Handler")
        @Size(min = 1, max = 253)
        @ValidationRule(
            value = "self.matches('" + Syntax.PYTHON_CLASS + "')",
            message = Rules.PYTHON_CLASS)
        @Nullable String className) {}
