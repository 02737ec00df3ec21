-- Up to where versions of rows have been taken, so that the next writer's are greater whatever its clock says. Every node
-- of a cluster holds it whole.
CREATE TABLE IF NOT EXISTS row_versions {on_cluster} (
    name String,
    upto DateTime64(6, 'UTC')
) ENGINE = {replacing_everywhere}(upto)
ORDER BY name;
