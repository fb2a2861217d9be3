/**
 * Where files are: this machine's folders, web servers, object stores. Vendors are modules of their
 * own.
 */
@NullMarked
package dev.batchapi.data.store;

import org.jspecify.annotations.NullMarked;
