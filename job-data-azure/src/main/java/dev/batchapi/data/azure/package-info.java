/** {@code az://} through Azure's SDK: blobs of a storage account. */
@NullMarked
package dev.batchapi.data.azure;

import org.jspecify.annotations.NullMarked;
