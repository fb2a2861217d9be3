/** Items in files: which files, cut into batches, and a batch read again by whoever handles it. */
@NullMarked
package dev.batchapi.data.files;

import org.jspecify.annotations.NullMarked;
