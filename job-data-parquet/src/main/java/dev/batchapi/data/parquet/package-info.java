/** Parquet as a format of job-data: rows become JSON objects, a page of each column at a time. */
@NullMarked
package dev.batchapi.data.parquet;

import org.jspecify.annotations.NullMarked;
