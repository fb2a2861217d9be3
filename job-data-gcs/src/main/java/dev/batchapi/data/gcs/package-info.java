/** {@code gs://} through Google's client for the JSON API of Cloud Storage. */
@NullMarked
package dev.batchapi.data.gcs;

import org.jspecify.annotations.NullMarked;
