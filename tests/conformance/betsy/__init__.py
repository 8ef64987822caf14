"""The betsy suite: engine-neutral BPMN models with the lines their script tasks should leave behind."""
