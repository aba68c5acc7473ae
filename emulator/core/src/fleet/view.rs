//! What the service shows of instances, nodes and jobs.

use serde_json::{Map, Value, json};

use crate::clock::iso;

use super::instance::Instance;
use super::nodes::Node;

/// The fields that a list and a single instance have in common.
fn common(instance: &Instance, region: &str) -> Map<String, Value> {
    let created = iso(instance.created_ms);
    let settings = instance.settings();
    let mut fields = Map::new();
    let mut add = |more: Value| {
        if let Value::Object(more) = more {
            fields.extend(more);
        }
    };
    add(json!({
        "instance_id": instance.id,
        "name": instance.name,
        "description": "",
        "status": instance.status(),
        "sub_status": "NORMAL",
        "engine": instance.engine,
        "engine_version": instance.engine_version,
        "capacity": instance.capacity,
        "capacity_minor": "",
        "max_memory": u64::from(instance.capacity) * 1024,
        "used_memory": 12,
        "ip": instance.ip,
        "port": 6379,
        "domain_name": format!("redis-{}.{region}.dcs.myhuaweicloud.com", &instance.id[..8]),
        "readonly_domain_name": readonly_domain(instance, region),
        "spec_code": spec_code(instance),
        "az_codes": instance.az_codes,
    }));
    add(json!({
        "vpc_id": "5a1ad8e1-0c2c-4b0a-9d0e-3c0c8a1f0d11",
        "vpc_name": "vpc-emulator",
        "subnet_id": "3b7f1a52-7c2a-4c7e-9d3f-4c9b0e1f2a33",
        "security_group_id": "9f6a2a64-7d1e-4c52-8b0e-7d6a0c9e4b55",
        "user_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "user_name": "emulator",
        "charging_mode": 0,
        "order_id": Value::Null,
        "created_at": created,
        "updated_at": created,
        "maintain_begin": settings.maintain_begin,
        "maintain_end": settings.maintain_end,
        "no_password_access": "true",
        "access_user": Value::Null,
        "enable_ssl": false,
        "enable_publicip": false,
        "publicip_id": Value::Null,
        "publicip_address": Value::Null,
        "service_upgrade": false,
        "service_task_id": "",
        "enterprise_project_id": "0",
        "cpu_type": "x86_64",
        "tags": [],
        "features": { "support_acl": true, "support_transparent_client_ip": true },
    }));
    fields
}

/// An item of `ListInstances`; it has no `cache_mode`.
pub fn listed(instance: &Instance, region: &str) -> Value {
    Value::Object(common(instance, region))
}

/// The answer of `ShowInstance`.
pub fn shown(instance: &Instance, region: &str) -> Value {
    let mut fields = common(instance, region);
    let more = json!({
        "cache_mode": instance.cache_mode,
        "task": instance.task(),
        "replica_count": instance.replica_count,
        "sharding_count": instance.sharding_count,
        "db_number": if instance.cache_mode == "cluster" { 1 } else { 256 },
        "product_type": "generic",
        "storage_type": "DRAM",
        "launched_at": iso(instance.created_ms),
        "update_at": iso(instance.created_ms),
        "available_zones": instance.az_codes,
        "security_group_name": "default",
        "subnet_name": "subnet-emulator",
        "subnet_cidr": "192.168.0.0/16",
        "support_slow_log_flag": "yes",
        "transparent_client_ip_enable": true,
        "enterprise_project_name": "default",
        "backend_addrs": format!("{}:6379", instance.ip),
        "cloud_service_type_code": "hws.service.type.dcs",
        "cloud_resource_type_code": "hws.resource.type.dcs3",
        "inquery_spec_code": spec_code(instance),
        "bandwidth_info": {
            "bandwidth": 128,
            "begin_time": Value::Null,
            "current_time": instance.created_ms,
            "end_time": Value::Null,
            "expand_count": 0,
            "expand_effect_time": 0,
            "expand_interval_time": 0,
            "max_expand_count": 0,
            "next_expand_time": Value::Null,
            "task_running": false,
        },
    });
    if let Value::Object(more) = more {
        fields.extend(more);
    }
    Value::Object(fields)
}

/// The answer of `ListGroupReplicationInfo`.
pub fn groups(instance: &Instance, groups: &[Vec<Node>]) -> Value {
    let list: Vec<Value> = groups
        .iter()
        .enumerate()
        .map(|(at, nodes)| {
            json!({
                "group_id": format!("{}{at:04x}", &instance.id.replace('-', "")[..28]),
                "group_name": format!("group-{at}"),
                "replication_list": nodes.iter().map(|node| replica(instance, node)).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "group_count": list.len(), "group_list": list })
}

fn replica(instance: &Instance, node: &Node) -> Value {
    json!({
        "replication_role": node.role,
        "replication_ip": node.ip,
        "is_replication": node.role == "slave",
        "replication_id": node.replication_id,
        "node_id": node.node_id,
        "status": node.status,
        "az_code": node.az_code,
        "dimensions": [
            { "name": "dcs_instance_id", "value": instance.id },
            { "name": "dcs_cluster_redis_node", "value": node.monitored_id() },
        ],
    })
}

/// The second part of the code tells the mode.
fn spec_code(instance: &Instance) -> String {
    let mode = &instance.cache_mode;
    format!(
        "redis.{mode}.xu1.large.r{}.{}",
        instance.replica_count, instance.capacity
    )
}

fn readonly_domain(instance: &Instance, region: &str) -> Value {
    if matches!(instance.cache_mode.as_str(), "ha" | "ha_rw_split") {
        json!(format!(
            "redis-{}-readonly.{region}.dcs.myhuaweicloud.com",
            &instance.id[..8]
        ))
    } else {
        Value::Null
    }
}
