/**
 * The custom resources BatchAPI and BatchJob, group {@code batchapi.dev}, version {@code v1alpha1}.
 *
 * <p>The records are the schema: the YAML in this module's resources is generated from them. Only
 * {@link dev.batchapi.crds.BatchApi} and {@link dev.batchapi.crds.BatchJob} need fabric8 at run
 * time; everything else loads with Jackson alone, because the worker reads it too.
 */
@NullMarked
package dev.batchapi.crds;

import org.jspecify.annotations.NullMarked;
