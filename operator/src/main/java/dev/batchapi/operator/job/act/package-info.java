/** What is done to a job: batches published, workers made and taken away, the end carried out. */
@NullMarked
package dev.batchapi.operator.job.act;

import org.jspecify.annotations.NullMarked;
