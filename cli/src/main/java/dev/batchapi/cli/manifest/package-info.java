/**
 * Reads the files that a cluster takes, and says what is wrong in them before anything runs: {@link
 * dev.batchapi.cli.manifest.Manifests#load}.
 *
 * <p>A file goes through {@link YamlFile} (text to JSON and lines), {@link KindSchema} (defaults,
 * the CRD's own schema), {@link Sentences} (what the schema found, for people) and the rules of
 * {@code BatchRules}; {@link Manifests} puts the objects of all files together.
 */
@NullMarked
package dev.batchapi.cli.manifest;

import org.jspecify.annotations.NullMarked;
