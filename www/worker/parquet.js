// The packages that read Parquet, loaded for the first such file. The site has them in this file as one script.

import { decompress } from 'fzstd';

export { parquetMetadataAsync, parquetRead, snappyUncompress } from 'hyparquet';
export const compressors = { ZSTD: (bytes) => decompress(bytes) };
