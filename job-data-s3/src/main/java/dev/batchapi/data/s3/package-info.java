/** {@code s3://} through the AWS SDK. */
@NullMarked
package dev.batchapi.data.s3;

import org.jspecify.annotations.NullMarked;
