// The schemas of documents, and the modes of those that have any. No other file of the page lists them.

/** The id is part of shared addresses. */
export const SHAPES = [
  { id: 'ecs', label: 'ECS', schema: 'ecs', mode: 'ecs' },
  { id: 'both', label: 'ECS and original', schema: 'ecs', mode: 'ecs_and_original' },
  { id: 'original', label: 'Original', schema: 'ecs', mode: 'original' },
  { id: 'integration', label: 'Elastic integration', schema: 'elastic-integration' },
  { id: 'integration-1.12', label: 'Elastic integration 1.12', schema: 'elastic-integration-1.12' },
  { id: 'beats', label: 'Beats', schema: 'beats', mode: 'ecs' },
  { id: 'beats-both', label: 'Beats, with original', schema: 'beats', mode: 'ecs_and_original' },
  { id: 'beats-original', label: 'Beats, original', schema: 'beats', mode: 'original' },
];

/** Returns the options of the package for a shape. */
export const optionsOf = ({ schema, mode }) => ({ schema, ...(mode && { mode }) });
